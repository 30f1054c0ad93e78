import boxwright.v1.Cuboid;
import boxwright.v1.Dimensions;
import boxwright.v1.Order;
import boxwright.v1.OrderLine;
import boxwright.v1.PackRequest;
import boxwright.v1.PackingServiceGrpc;
import boxwright.v1.Parcel;
import boxwright.v1.Placement;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;

/** Plans one order with a Boxwright server, prints what a packer needs, then prints a refusal. */
public final class Pack {
    private static final Metadata.Key<byte[]> DETAILS =
            Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private Pack() {}

    public static void main(String[] arguments) throws InvalidProtocolBufferException {
        String target = arguments.length > 0 ? arguments[0] : "127.0.0.1:50051";
        ManagedChannel channel = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()).build();
        try {
            Dimensions size = Dimensions.newBuilder().setLengthMm(210).setWidthMm(148).setHeightMm(20).build();
            OrderLine book = OrderLine.newBuilder()
                    .setLineId("book")
                    .setQuantity(3)
                    .setMassG(340)
                    .setCuboid(Cuboid.newBuilder().setDimensions(size))
                    .build();
            plan(channel, Order.newBuilder().setOrderId("A-1001").addLines(book).build());
            plan(channel, Order.newBuilder().setOrderId("nothing ordered").build());
        } finally {
            channel.shutdown();
        }
    }

    private static void plan(ManagedChannel channel, Order order) throws InvalidProtocolBufferException {
        PackRequest request = PackRequest.newBuilder().setOrder(order).setCatalog("catalogs/eu-webshop").build();
        // A packer should not wait longer than two seconds.
        PackingServiceGrpc.PackingServiceBlockingStub service =
                PackingServiceGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.SECONDS);
        try {
            int number = 0;
            for (Parcel parcel : service.pack(request).getPlan().getParcelsList()) {
                number++;
                System.out.printf("parcel %d: box %s, %.0f g gross%n", number, parcel.getBoxTypeId(), parcel.getGrossG());
                for (Placement unit : parcel.getPlacementsList()) {
                    System.out.printf(
                            "  %s at %.0f, %.0f, %.0f mm%n", unit.getLineId(), unit.getXMm(), unit.getYMm(), unit.getZMm());
                }
            }
        } catch (StatusRuntimeException refused) {
            System.out.println("refused: " + refused.getStatus().getCode());
            Metadata trailers = refused.getTrailers();
            byte[] details = trailers == null ? null : trailers.get(DETAILS);
            if (details == null) {
                return; // There is no answer of the server: a proxy answered, or nobody.
            }
            for (Any detail : Status.parseFrom(details).getDetailsList()) {
                if (detail.is(ErrorInfo.class)) {
                    System.out.println("  " + detail.unpack(ErrorInfo.class).getReason());
                } else if (detail.is(BadRequest.class)) {
                    for (BadRequest.FieldViolation each : detail.unpack(BadRequest.class).getFieldViolationsList()) {
                        System.out.println("  " + each.getField() + ": " + each.getDescription());
                    }
                }
            }
        }
    }
}
